"""The part of team-runtime that runs on a server, as root. Python 3.11, standard library only."""
