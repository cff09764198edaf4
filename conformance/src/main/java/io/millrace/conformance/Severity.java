package io.millrace.conformance;

/** Says how strongly a standard wants something (RFC 2119); ISO's "shall" is a MUST. */
public enum Severity {
  MUST,
  SHOULD
}
