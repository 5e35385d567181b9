"""What gunicorn reads besides its command line; older versions skip a name that they don't know."""

# For `gunicornc`, in a folder of the home directory: the file system is read-only, and nobody steers a pod by hand.
control_socket_disable = True
