"""What clients ask Flows to do: typed routes in front of the services, each checked as the one who asks."""
