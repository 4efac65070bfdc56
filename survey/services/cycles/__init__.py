"""A cycle's plan, states, days and key holders."""
