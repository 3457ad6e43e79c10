"""The only place that speaks Kafka: sessions, workers, brokers for one machine."""
