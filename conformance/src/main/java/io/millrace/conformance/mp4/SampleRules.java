package io.millrace.conformance.mp4;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.mp4.Chunk.Sample;
import io.millrace.conformance.mp4.InitSection.Track;
import java.util.ArrayList;
import java.util.List;

/** Looks into H.264 and HEVC samples, NAL unit by NAL unit (ISO/IEC 14496-15). */
final class SampleRules {
  private static final int AVC_IDR = 5;
  private static final int HEVC_RASL_N = 8;
  private static final int HEVC_RASL_R = 9;
  private static final int HEVC_FIRST_IRAP = 16;
  private static final int HEVC_LAST_IRAP = 23;

  private SampleRules() {}

  static void check(byte[] bytes, Chunk chunk, Track track, String where, Findings findings) {
    boolean avc = track.sampleEntry().startsWith("avc");
    boolean hevc = track.sampleEntry().startsWith("hvc") || track.sampleEntry().startsWith("hev");
    if (track.nalLengthBytes() == 0 || !(avc || hevc)) {
      return;
    }
    int number = 0;
    for (Sample sample : chunk.samples()) {
      String at = where + " sample " + number++;
      if (sample.start() < 0 || sample.start() + (long) sample.size() > bytes.length) {
        continue;
      }
      List<Integer> types = new ArrayList<>();
      boolean whole = nalTypes(bytes, sample, track.nalLengthBytes(), avc, types);
      findings.check(
          Rule.CMAF_NAL_UNITS,
          whole,
          () -> at,
          () -> "NAL units that pass its end",
          () -> "they fill the sample");
      if (!whole) {
        continue;
      }
      boolean random = types.stream().anyMatch(type -> isRandomAccess(type, avc));
      findings.check(
          Rule.CMAF_SYNC_SAMPLE,
          random != sample.nonSync(),
          () -> at,
          () -> "%s, NAL units %s".formatted(sample.nonSync() ? "non-sync" : "sync", types),
          () -> avc ? "sync where one is IDR (5)" : "sync where one is IRAP (16 to 23)");
      if (track.sampleEntry().equals("avc1") || track.sampleEntry().equals("hvc1")) {
        findings.check(
            Rule.CMAF_PARAMETER_SETS,
            types.stream().noneMatch(type -> isParameterSet(type, avc)),
            () -> at,
            () -> "NAL units " + types,
            () -> "no parameter sets in samples of " + track.sampleEntry());
      }
    }
  }

  /** Whether it is a leading picture of HEVC that a decoder leaves out at its IRAP (RASL). */
  static boolean isSkipped(byte[] bytes, Sample sample, Track track) {
    boolean hevc = track.sampleEntry().startsWith("hvc") || track.sampleEntry().startsWith("hev");
    if (!hevc || sample.start() < 0 || sample.start() + (long) sample.size() > bytes.length) {
      return false;
    }
    List<Integer> types = new ArrayList<>();
    nalTypes(bytes, sample, track.nalLengthBytes(), /* avc= */ false, types);
    return types.stream().anyMatch(type -> type == HEVC_RASL_N || type == HEVC_RASL_R);
  }

  private static boolean nalTypes(
      byte[] bytes, Sample sample, int lengthBytes, boolean avc, List<Integer> types) {
    int at = sample.start();
    int end = sample.start() + sample.size();
    while (at < end) {
      if (end - at < lengthBytes) {
        return false;
      }
      long length = 0;
      for (int i = 0; i < lengthBytes; i++) {
        length = length << 8 | (bytes[at + i] & 0xFF);
      }
      at += lengthBytes;
      if (length < 1 || length > end - at) {
        return false;
      }
      types.add(avc ? bytes[at] & 0x1F : (bytes[at] >> 1) & 0x3F);
      at += (int) length;
    }
    return true;
  }

  private static boolean isRandomAccess(int type, boolean avc) {
    return avc ? type == AVC_IDR : type >= HEVC_FIRST_IRAP && type <= HEVC_LAST_IRAP;
  }

  /** SPS and PPS of H.264; VPS, SPS and PPS of HEVC. */
  private static boolean isParameterSet(int type, boolean avc) {
    return avc ? type == 7 || type == 8 : type >= 32 && type <= 34;
  }
}
