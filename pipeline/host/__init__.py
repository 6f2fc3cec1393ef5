"""What only one operating system has, behind small interfaces; everything else is the same on all."""
