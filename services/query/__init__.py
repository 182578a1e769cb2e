"""The query service: hourly, daily and monthly views of lines, the register, and the pages that people use."""
