package io.millrace.delivery.http;

import org.jspecify.annotations.Nullable;

/**
 * Holds what a request says that matters here.
 *
 * @param path as sent, without the query
 * @param query without the question mark; empty where there is none
 * @param keepAlive whether the connection goes on after the response
 * @param pieces whether a body of which the length is not known can be sent
 * @param gzip whether the client takes gzip
 * @param range the Range header's value; null where there is none
 * @param ifNoneMatch the If-None-Match header's value; null where there is none
 * @param authorization the Authorization header's value; null where there is none
 * @param cookie the Cookie header's value, where it may hold a token; null where it does not
 * @param clientHash tells clients at one address apart
 * @param http2Settings where the client asks to go on in HTTP/2, the HTTP2-Settings header's value;
 *     null where it does not
 */
public record Request(
    Method method,
    String path,
    String query,
    boolean keepAlive,
    boolean pieces,
    boolean gzip,
    @Nullable String range,
    @Nullable String ifNoneMatch,
    @Nullable String authorization,
    @Nullable String cookie,
    long clientHash,
    @Nullable String http2Settings) {
  /** The methods that are told apart. */
  public enum Method {
    GET,
    HEAD,
    OPTIONS,
    OTHER;

    static Method of(CharSequence name) {
      return switch (name.toString()) {
        case "GET" -> GET;
        case "HEAD" -> HEAD;
        case "OPTIONS" -> OPTIONS;
        default -> OTHER;
      };
    }
  }

  private static final String TOKEN = "/t/";

  /** Where a token in the path begins, if there is one before what is asked for. */
  static final int TOKEN_AT = TOKEN.length();

  /** Where in the path begins what is asked for: behind the token, where one is before it. */
  int routeAt() {
    return path.startsWith(TOKEN) ? Math.max(0, path.indexOf('/', TOKEN_AT)) : 0;
  }

  /** What is no secret: neither path nor headers, which may have a token. */
  @Override
  public String toString() {
    return "Request[" + method + "]";
  }

  /** Whether Accept-Encoding takes gzip (RFC 9110 12.5.3); a weight of 0 says no. */
  static boolean takesGzip(CharSequence acceptEncoding) {
    boolean others = false;
    for (String coding : acceptEncoding.toString().split(",", 32)) {
      String[] parts = coding.trim().split(";", 2);
      String name = parts[0].trim();
      boolean takes = parts.length == 1 || !isZeroWeight(parts[1]);
      if (name.equalsIgnoreCase("gzip")) {
        return takes;
      }
      if (name.equals("*")) { // of what is not named
        others = takes;
      }
    }
    return others;
  }

  private static boolean isZeroWeight(String parameter) {
    String weight = parameter.replace(" ", "");
    return weight.equals("q=0") || weight.matches("q=0\\.0{0,3}");
  }

  /** FNV-1a, so that it is the same on every loop. */
  static long hash(long start, CharSequence text) {
    long hash = start;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  static final long HASH_START = 0xcbf29ce484222325L;
}
