"""Layout of SQL templates: ``flinksql format`` changes blanks, line ends and the case of keywords, and nothing else."""
