"""The only place that speaks Kafka: sessions, administration, ACLs, topics, payloads."""
