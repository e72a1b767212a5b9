"""People drawn from a seed who sign up through the real product, and what its record holds of what they said."""
