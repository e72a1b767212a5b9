"""The stock bot's actions: a form that checks its answers, and the storing of them (runs in Rasa's environment)."""
