ulimit -c 0
# A second shell inside the first finds it set.
case "$-:${TMOUT-}" in
  *i*:) TMOUT=3600; readonly TMOUT; export TMOUT ;;
esac
