"""Flink's own planner as a judge of SQL, in one Java process; needs a JDK and the installed apache-flink."""
