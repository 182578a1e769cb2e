"""What has changed since a cursor, page by page or as it happens."""
