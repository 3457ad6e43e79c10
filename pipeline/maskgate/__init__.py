"""maskgate masks personal data in Kafka streams and holds exports until the right people approve."""

__version__ = "0.1.0"
