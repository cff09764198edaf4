package io.millrace.bench.acceptance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Holds the packets of a file or stream as FFmpeg's {@code framehash} muxer prints them. */
record PacketHashes(List<Packet> video, List<Packet> audio) {

  /** One packet; times in milliseconds. */
  record Packet(double dtsMs, double ptsMs, long size, String hash) {}

  PacketHashes {
    video = List.copyOf(video);
    audio = List.copyOf(audio);
  }

  static PacketHashes parse(List<String> lines) {
    Map<Integer, Double> tickMs = new HashMap<>();
    Map<Integer, List<Packet>> packets = new HashMap<>();
    Map<String, Integer> kinds = new HashMap<>();
    for (String line : lines) {
      if (line.startsWith("#tb ")) {
        String[] fields = line.substring(4).split("[: /]+");
        tickMs.put(
            Integer.parseInt(fields[0]),
            1000.0 * Integer.parseInt(fields[1]) / Integer.parseInt(fields[2]));
      } else if (line.startsWith("#media_type ")) {
        String[] fields = line.substring(12).split(": ");
        kinds.put(fields[1].trim(), Integer.parseInt(fields[0]));
      } else if (!line.startsWith("#") && !line.isBlank()) {
        String[] fields = line.split(",");
        int stream = Integer.parseInt(fields[0].trim());
        packets
            .computeIfAbsent(stream, s -> new ArrayList<>())
            .add(
                new Packet(
                    Long.parseLong(fields[1].trim()) * tickMs.get(stream),
                    Long.parseLong(fields[2].trim()) * tickMs.get(stream),
                    Long.parseLong(fields[4].trim()),
                    fields[5].trim()));
      }
    }
    return new PacketHashes(
        packets.getOrDefault(kinds.getOrDefault("video", -1), List.of()),
        packets.getOrDefault(kinds.getOrDefault("audio", -1), List.of()));
  }

  /** Where the packet with this hash stands, or -1. */
  static int indexOf(List<Packet> packets, String hash) {
    for (int i = 0; i < packets.size(); i++) {
      if (packets.get(i).hash().equals(hash)) {
        return i;
      }
    }
    return -1;
  }
}
