"""Access as people see it in a browser: the application form, one's own account, a company's, and the review."""
