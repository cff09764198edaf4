package io.millrace.server.command;

import io.millrace.server.data.Endpoints;
import io.millrace.server.node.StartReport;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints what a started process serves, and where. */
final class ServeReport {
  private ServeReport() {}

  static void print(Output output, StartReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (report.obstacle() == null) {
      json.put("readyMs", report.after().toMillis());
    } else {
      json.put("startedMs", report.after().toMillis());
      json.put("notReady", report.obstacle());
    }
    json.put("data", report.data().toString());
    json.put("endpoints", report.endpoints());
    if (report.demoPage() != null) {
      json.put("watch", report.demoPage());
    }
    output.print(json, out -> text(out, report));
  }

  private static void text(PrintWriter out, StartReport report) {
    Endpoints endpoints = report.endpoints();
    out.println();
    line(out, "publish to", endpoints, "rtmp", "", "  (with a channel's stream key)");
    line(out, "watch at", endpoints, "edge.http", "/live/CHANNEL/index.m3u8", "");
    line(out, "watch page", endpoints, "control", "/watch/CHANNEL", "");
    line(out, "console", endpoints, "control", "/", "");
    if (endpoints.address("control").isPresent()) {
      out.printf("  %-12s %s%n", "its token", report.data().resolve("admin-token"));
      out.printf("  %-12s ./millrace channel create NAME%s%n", "a channel", dataOption(report));
    }
    line(out, "metrics", endpoints, "metrics", "/metrics", "");
    if (report.demoPage() != null) {
      out.printf("%n  Watch the demo: %s%n", report.demoPage());
    }
    double seconds = report.after().toMillis() / 1_000.0;
    if (report.obstacle() == null) {
      out.printf(Locale.ROOT, "%nMillrace is ready in %.1f s; Ctrl-C stops it.%n", seconds);
    } else {
      out.printf(
          Locale.ROOT,
          "%nMillrace has started in %.1f s and is not ready (%s); Ctrl-C stops it.%n",
          seconds,
          report.obstacle());
    }
  }

  private static String dataOption(StartReport report) {
    return report.data().endsWith("millrace-data") ? "" : " --data " + report.data();
  }

  private static void line(
      PrintWriter out, String label, Endpoints endpoints, String name, String path, String remark) {
    endpoints
        .address(name)
        .ifPresent(address -> out.printf("  %-12s %s%s%s%n", label, address.url(), path, remark));
  }
}
