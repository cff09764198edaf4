package io.millrace.packager;

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
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_WARNING;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Holds what FFmpeg, in this process, made of a file with one stream.
 *
 * @param log what it warned of, and worse
 */
record DecodedStream(int width, int height, int packets, int frames, List<String> log) {
  static DecodedStream of(Path file, String decoder) throws IOException {
    List<String> log = new CopyOnWriteArrayList<>();
    LogCallback callback =
        new LogCallback() {
          @Override
          public void call(int level, BytePointer message) {
            if (level <= AV_LOG_WARNING) {
              log.add(message.getString().strip());
            }
          }
        };
    av_log_set_level(AV_LOG_WARNING);
    setLogCallback(callback);
    AVFormatContext format = new AVFormatContext(null);
    require("open", avformat_open_input(format, file.toString(), null, null));
    try {
      require("find streams", avformat_find_stream_info(format, (AVDictionary) null));
      if (format.nb_streams() != 1) {
        throw new IOException(format.nb_streams() + " streams (expected: 1)");
      }
      return decode(format, decoder, log);
    } finally {
      avformat_close_input(format);
      setLogCallback(null);
      callback.close();
    }
  }

  private static DecodedStream decode(AVFormatContext format, String decoder, List<String> log)
      throws IOException {
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
          parameters.width(), parameters.height(), packets, frames, List.copyOf(log));
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

  private static void require(String what, int result) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": FFmpeg's error " + result);
    }
  }
}
