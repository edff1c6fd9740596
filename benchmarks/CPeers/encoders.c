#include "peers.h"

#include <stdlib.h>

#ifdef REEL_MP3
#include <lame/lame.h>

int64_t peer_lame(const int16_t *samples, size_t frames, peer_stream stream, int quality) {
  lame_t lame = lame_init();
  if (!lame) return -1;
  lame_set_in_samplerate(lame, stream.hz);
  lame_set_out_samplerate(lame, stream.hz);
  lame_set_num_channels(lame, stream.channels);
  lame_set_mode(lame, stream.channels == 2 ? STEREO : MONO);
  lame_set_brate(lame, stream.kilobits);
  lame_set_quality(lame, quality);
  lame_set_bWriteVbrTag(lame, 0);
  size_t step = (size_t)stream.hz / 50;
  unsigned char room[16384];
  int64_t bytes = lame_init_params(lame) < 0 ? -1 : 0;
  for (size_t place = 0; bytes >= 0 && place + step <= frames; place += step) {
    int16_t *block = (int16_t *)samples + place * (size_t)stream.channels;
    int given = stream.channels == 2 ? lame_encode_buffer_interleaved(lame, block, (int)step, room, sizeof room)
                                     : lame_encode_buffer(lame, block, NULL, (int)step, room, sizeof room);
    bytes = given < 0 ? -1 : bytes + given;
  }
  int given = bytes < 0 ? -1 : lame_encode_flush(lame, room, sizeof room);
  lame_close(lame);
  return given < 0 ? -1 : bytes + given;
}
#else
int64_t peer_lame(const int16_t *samples, size_t frames, peer_stream stream, int quality) { return -1; }
#endif

#ifdef REEL_MP4
#include <libav_functions.h>

static int64_t packets(const struct reel_libav *av, AVCodecContext *codec, AVPacket *packet) {
  int64_t bytes = 0;
  int result;
  while ((result = av->avcodec_receive_packet(codec, packet)) == 0) {
    bytes += packet->size;
    av->av_packet_unref(packet);
  }
  return result == reel_averror_eagain || result == reel_averror_eof ? bytes : -1;
}

static int64_t encode(
  const struct reel_libav *av, AVCodecContext *codec, AVFrame *frame, AVPacket *packet, const int16_t *samples,
  size_t frames, int channels) {
  int64_t bytes = 0;
  for (size_t place = 0; place + 1024 <= frames; place += 1024) {
    if (av->av_frame_make_writable(frame) < 0) return -1;
    for (int channel = 0; channel < channels; channel++) {
      float *out = (float *)frame->data[channel];
      const int16_t *in = samples + place * (size_t)channels + channel;
      for (size_t i = 0; i < 1024; i++) out[i] = (float)in[i * (size_t)channels] / 32768;
    }
    frame->pts = (int64_t)place;
    if (av->avcodec_send_frame(codec, frame) < 0) return -1;
    int64_t more = packets(av, codec, packet);
    if (more < 0) return -1;
    bytes += more;
  }
  if (av->avcodec_send_frame(codec, NULL) < 0) return -1;
  int64_t more = packets(av, codec, packet);
  return more < 0 ? -1 : bytes + more;
}

int64_t peer_aac(const int16_t *samples, size_t frames, peer_stream stream) {
  char failure[256];
  const struct reel_libav *av = reel_libav_load(failure, sizeof failure);
  if (!av) return -1;
  av->av_log_set_level(AV_LOG_QUIET);
  const AVCodec *kind = av->avcodec_find_encoder_by_name("aac");
  AVCodecContext *codec = kind ? av->avcodec_alloc_context3(kind) : NULL;
  AVFrame *frame = av->av_frame_alloc();
  AVPacket *packet = av->av_packet_alloc();
  int64_t bytes = -1;
  if (codec && frame && packet) {
    codec->sample_rate = stream.hz;
    codec->sample_fmt = AV_SAMPLE_FMT_FLTP;
    codec->bit_rate = stream.kilobits * 1000;
    av->av_channel_layout_default(&codec->ch_layout, stream.channels);
    // As a recording has it: the sides are coded apart.
    av->av_opt_set(codec->priv_data, "aac_coder", "fast", 0);
    av->av_opt_set(codec->priv_data, "aac_ms", "0", 0);
    av->av_opt_set(codec->priv_data, "aac_is", "0", 0);
    frame->nb_samples = 1024;
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->sample_rate = stream.hz;
    av->av_channel_layout_default(&frame->ch_layout, stream.channels);
    if (av->avcodec_open2(codec, kind, NULL) == 0 && av->av_frame_get_buffer(frame, 0) == 0)
      bytes = encode(av, codec, frame, packet, samples, frames, stream.channels);
  }
  av->av_packet_free(&packet);
  av->av_frame_free(&frame);
  av->avcodec_free_context(&codec);
  return bytes;
}
#else
int64_t peer_aac(const int16_t *samples, size_t frames, peer_stream stream) { return -1; }
#endif
