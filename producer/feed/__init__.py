"""A show feed from rendered episodes: values in, RSS 2.0 with the iTunes and Podcasting 2.0 namespaces out.

Which files there are is found out by `producer.publishing`; nothing here reads one, or a clock.
"""
