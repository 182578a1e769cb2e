"""What rests in MongoDB: documents, indexes and the queries that readers share."""
