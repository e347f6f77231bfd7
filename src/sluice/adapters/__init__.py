"""The outside world behind the ports: clocks and storage. Only `runtime` imports from here."""
