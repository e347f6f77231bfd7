"""The composition root: configuration, the home, and the wiring of ports to adapters."""
