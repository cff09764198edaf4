package io.millrace.packager;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_NOFILLIN;
import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_NOPARSE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Holds the packets that FFmpeg finds in a file with one stream, undecoded.
 *
 * @param timescale the stream's ticks a second, those of the packets
 * @param log what it warned of, and worse
 */
record DemuxedStream(int timescale, List<Packet> packets, List<String> log) {
  /** Holds the times of a packet from the first one's dts on, and its size in bytes. */
  record Packet(long dts, long pts, long duration, boolean keyframe, int size) {}

  static DemuxedStream of(Path file) throws IOException {
    AVPacket packet = av_packet_alloc();
    try (FfmpegInput input = new FfmpegInput(file)) {
      // As they stand there: no parser looks into pictures, and no time is made up.
      input.format().flags(input.format().flags() | AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN);
      List<Packet> packets = new ArrayList<>();
      long first = 0;
      while (av_read_frame(input.format(), packet) >= 0) {
        first = packets.isEmpty() ? packet.dts() : first;
        packets.add(
            new Packet(
                packet.dts() - first,
                packet.pts() - first,
                packet.duration(),
                (packet.flags() & AV_PKT_FLAG_KEY) != 0,
                packet.size()));
        av_packet_unref(packet);
      }
      int timescale = input.format().streams(0).time_base().den();
      return new DemuxedStream(timescale, List.copyOf(packets), input.log());
    } finally {
      av_packet_free(packet);
    }
  }
}
