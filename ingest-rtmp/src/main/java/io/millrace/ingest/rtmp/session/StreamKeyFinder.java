package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.StreamKey;

/**
 * Finds the stream key in what an encoder was given: {@code rtmp://host/live} and the key apart, or
 * both in one address ({@code rtmp://host/live/KEY}), with or without a query and slashes. Pure.
 */
final class StreamKeyFinder {
  private StreamKeyFinder() {}

  /**
   * The last part of the stream's name; where the encoder sends no name, of an app of two or more
   * parts.
   */
  static StreamKey find(String app, String streamName) {
    String name = path(streamName);
    if (!name.isEmpty()) {
      return StreamKey.of(lastPart(name));
    }
    String application = path(app);
    return StreamKey.of(application.contains("/") ? lastPart(application) : "");
  }

  private static String path(String text) {
    int query = text.indexOf('?');
    String path = (query < 0 ? text : text.substring(0, query)).strip();
    int start = 0;
    int end = path.length();
    while (start < end && path.charAt(start) == '/') {
      start++;
    }
    while (end > start && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(start, end);
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
