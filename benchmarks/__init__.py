"""What is promised about speed, measured beside the peers in one run: `make bench`."""
