"""Files as programs fetch them: the client and the documents' commands, over a service in a process of its own."""
