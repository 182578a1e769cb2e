"""What travels on Kafka: topics, one module per event, and the codec."""
