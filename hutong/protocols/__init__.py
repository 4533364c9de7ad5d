"""What the outside world says to Hutong, and how it says it. One package per published host."""
