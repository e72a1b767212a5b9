"""The engine: Rasa as a pure function of one turn. The only code that imports Rasa; it imports nothing else of `bot`.

It runs in an environment of its own (Python 3.10, `.venv-rasa`), listens on loopback, and keeps nothing between turns.
"""
