"""What citizens asked and did not get answered, gathered into cases that somebody works on."""
