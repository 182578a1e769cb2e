"""What is looked at all the time, so that somebody is told: lines that fall silent, rollups unlike their hours."""
