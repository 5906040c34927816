"""Passive meters: they follow another Flows, over its REST API or its database, and no hardware is asked."""
