"""Access as people and programs manage it: applications, companies, rights, clients, certificates, events."""
