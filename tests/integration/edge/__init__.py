"""The edge on both real proxies, with certificates made at test time, in front of services that tell what they got."""
