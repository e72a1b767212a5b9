"""Side by side with a stock Rasa project, in one run; see README.md beside this file."""
