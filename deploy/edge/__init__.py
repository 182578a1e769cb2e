"""The edge: the one address in front of the services, as settings of Envoy and of nginx."""
