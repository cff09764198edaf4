package io.millrace.packager;

import static io.millrace.packager.FfmpegInput.require;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Holds what FFmpeg, in this process, made of a file with one stream.
 *
 * @param log what it warned of, and worse
 */
record DecodedStream(int width, int height, int packets, int frames, List<String> log) {
  static DecodedStream of(Path file, String decoder) throws IOException {
    try (FfmpegInput input = new FfmpegInput(file)) {
      require("find streams", avformat_find_stream_info(input.format(), (AVDictionary) null));
      if (input.format().nb_streams() != 1) {
        throw new IOException(input.format().nb_streams() + " streams (expected: 1)");
      }
      return decode(input, decoder);
    }
  }

  private static DecodedStream decode(FfmpegInput input, String decoder) throws IOException {
    AVFormatContext format = input.format();
    AVCodecParameters parameters = format.streams(0).codecpar();
    AVCodec codec = avcodec_find_decoder_by_name(decoder);
    AVCodecContext context = avcodec_alloc_context3(codec);
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    try {
      require("set up", avcodec_parameters_to_context(context, parameters));
      context.pkt_timebase(format.streams(0).time_base());
      require("open decoder", avcodec_open2(context, codec, (PointerPointer<?>) null));
      int packets = 0;
      int frames = 0;
      while (av_read_frame(format, packet) >= 0) {
        packets++;
        require("decode", avcodec_send_packet(context, packet));
        av_packet_unref(packet);
        frames += received(context, frame);
      }
      require("drain", avcodec_send_packet(context, null));
      frames += received(context, frame);
      return new DecodedStream(
          parameters.width(), parameters.height(), packets, frames, input.log());
    } finally {
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(context);
    }
  }

  private static int received(AVCodecContext context, AVFrame frame) {
    int frames = 0;
    while (avcodec_receive_frame(context, frame) >= 0) {
      frames++;
    }
    return frames;
  }
}
