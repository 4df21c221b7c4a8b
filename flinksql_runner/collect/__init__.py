"""The log shipper: lines of files to Kafka, each with its place, so that nothing is lost and what is sent twice can be told."""
