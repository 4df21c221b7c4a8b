"""A web API that hides number plates and faces in photos of vehicles. Photos are neither stored nor logged."""
