"""Each library that a service stands on, behind one module of ours."""
