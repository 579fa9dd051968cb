"""How tracks fall into groups: numpy, scikit-learn and matplotlib, and nothing of Django.

``features``, ``params`` and ``naming`` are light; ``fit``, ``plots`` and ``pipeline`` cost seconds to import
and belong in a command or a worker process, never in a web request.
"""
