package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.HeaderRules;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges how answers are sent (RFC 8216bis 6.2.1, B.1). */
final class TransportRules {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final Pattern URGENCY = Pattern.compile("(?:^|[,\\s])u=([0-7])");
  private static final Pattern LIFETIME = Pattern.compile("(s-maxage|max-age)=([0-9]{1,9})");

  /** What the segments of a playlist can be sent as (RFC 8216bis 3.1). */
  private static final Set<String> MEDIA_TYPES =
      Set.of(
          "video/mp4",
          "audio/mp4",
          "application/mp4",
          "video/iso.segment",
          "audio/iso.segment",
          "video/mp2t",
          "text/vtt");

  private TransportRules() {}

  static void playlist(Answer answer, boolean blocking, Findings findings) {
    String where = answer.uri().toString();
    findings.check(
        Rule.HLS_GZIP,
        answer.header("content-encoding").equalsIgnoreCase("gzip"),
        where,
        "Content-Encoding \"%s\"".formatted(answer.header("content-encoding")),
        "gzip, which was accepted");
    findings.check(
        Rule.HTTP_CACHE_CONTROL,
        !answer.header("cache-control").isEmpty(),
        where,
        "no Cache-Control",
        blocking ? "a lifetime, six target durations" : "a lifetime, half a target duration");
    priority(answer, 1, 1, findings);
    HeaderRules.exposed(answer, findings);
    common(answer, findings);
  }

  /** Judges for how long caches may give an answer again, where it names a time (B.1). */
  static void lifetime(Answer answer, boolean blocking, long targetDurationNs, Findings findings) {
    long mostNs =
        answer.status() < 300
            ? (blocking ? 6 * targetDurationNs : targetDurationNs / 2)
            : (blocking ? 4 * targetDurationNs : targetDurationNs);
    long mostSeconds = Math.max(1, (mostNs + SECOND_NS - 1) / SECOND_NS);
    Matcher lifetime = LIFETIME.matcher(answer.header("cache-control"));
    while (lifetime.find()) {
      findings.check(
          Rule.HLS_CACHE_LIFETIME,
          Long.parseLong(lifetime.group(2)) <= mostSeconds,
          answer.uri().toString(),
          "status %d, Cache-Control \"%s\""
              .formatted(answer.status(), answer.header("cache-control")),
          "%d s at most".formatted(mostSeconds));
    }
  }

  static void media(Answer answer, Findings findings) {
    String where = answer.uri().toString();
    findings.check(
        Rule.HLS_MEDIA_REDIRECT,
        answer.redirects() == 0,
        where,
        answer.redirects() + " redirects",
        "none for media");
    if (answer.status() < 300) {
      findings.check(
          Rule.HTTP_CACHE_CONTROL,
          !answer.header("cache-control").isEmpty(),
          where,
          "no Cache-Control",
          "a lifetime");
      String type = answer.header("content-type").replaceFirst(";.*", "").strip();
      findings.check(
          Rule.HLS_MEDIA_TYPE,
          MEDIA_TYPES.contains(type),
          where,
          "Content-Type " + type,
          "one of " + MEDIA_TYPES);
      priority(answer, 2, 6, findings);
      HeaderRules.exposedMedia(answer, findings);
    }
    common(answer, findings);
  }

  /** Where a server uses RFC 9218, its answers say how urgent they are. */
  private static void priority(Answer answer, int least, int most, Findings findings) {
    String priority = answer.header("priority");
    if (priority.isEmpty()) {
      return;
    }
    Matcher urgency = URGENCY.matcher(priority);
    int told = urgency.find() ? Integer.parseInt(urgency.group(1)) : -1;
    findings.check(
        Rule.HLS_PRIORITY,
        told >= least && told <= most,
        answer.uri().toString(),
        "Priority \"%s\"".formatted(priority),
        least == most ? "u=" + least : "u=%d to u=%d".formatted(least, most));
  }

  private static void common(Answer answer, Findings findings) {
    String where = answer.uri().toString();
    findings.check(
        Rule.HTTP_CORS,
        !answer.header("access-control-allow-origin").isEmpty(),
        where,
        "no Access-Control-Allow-Origin",
        "one, for players in browsers");
    findings.check(
        Rule.HLS_HTTP_2, answer.version().equals("HTTP/2"), where, answer.version(), "HTTP/2 or 3");
    age(answer, findings);
  }

  /** Of a cache's answer: its Age is what players find the live edge by (B.1, C). */
  private static void age(Answer answer, Findings findings) {
    String age = answer.header("age");
    boolean cached = !answer.header("via").isEmpty() || !answer.header("x-cache").isEmpty();
    if (cached || !age.isEmpty()) {
      findings.check(
          Rule.HLS_AGE,
          age.matches("[0-9]{1,10}"),
          answer.uri().toString(),
          "Age \"%s\"".formatted(age),
          "whole seconds, from every cache");
    }
  }
}
