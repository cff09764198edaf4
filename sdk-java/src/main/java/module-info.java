/** The Java client library of Millrace's API. */
module io.millrace.sdk {
  requires java.net.http;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports io.millrace.sdk;
}
