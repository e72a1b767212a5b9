"""Text messages: Twilio's webhooks in, Twilio's API out, and what carriers ask of everybody who texts."""
