"""Passive meters: they follow another Flows over its REST API, and no hardware is asked."""
